"""A browser of WebKitGTK for the stories: what WebKit's MiniBrowser is, with a profile that stays on disk.

WebKitWebDriver starts it as `webkit-browser.py PROFILE [--private] [--no-file-system]`. MiniBrowser keeps nothing when
it is driven, so a killed browser could never come back to its storage.

Lines written to PROFILE/control: "hide", "show" (all windows), "crash URL" (the process that draws this page).
"""

import os
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GLib, Gtk, WebKit2  # noqa: E402

# Safari has these; WebKitGTK ships them switched off.
AS_IN_SAFARI = {"StorageAPI", "StorageAPIEstimate", "FileSystem", "FileSystemWritableStream", "AccessHandle"}

profile = sys.argv[1]
options = set(sys.argv[2:])
windows = []


def new_context():
    if "--private" in options:
        return WebKit2.WebContext.new_ephemeral()
    manager = WebKit2.WebsiteDataManager(base_data_directory=profile + "/data", base_cache_directory=profile + "/cache")
    return WebKit2.WebContext.new_with_website_data_manager(manager)


def new_settings():
    settings = WebKit2.Settings()
    settings.set_enable_write_console_messages_to_stdout(True)
    features = WebKit2.Settings.get_all_features()
    for feature in (features.get(index) for index in range(features.get_length())):
        if feature.get_identifier() in AS_IN_SAFARI:
            settings.set_feature_enabled(feature, "--no-file-system" not in options)
    return settings


def new_view(_session):
    view = WebKit2.WebView(web_context=context, settings=settings, is_controlled_by_automation=True)
    window = Gtk.Window()
    window.set_default_size(1280, 800)
    window.add(view)
    window.show_all()
    windows.append((window, view))
    view.connect("close", lambda _view: (windows.remove((window, view)), window.destroy()))
    return view


def on_automation(_context, session):
    info = WebKit2.ApplicationInfo()
    info.set_name("webkit-browser")
    info.set_version(WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version())
    session.set_application_info(info)
    session.connect("create-web-view", new_view)


def on_control(channel, _condition):
    for line in os.read(channel, 4096).decode().splitlines():
        word, _, url = line.partition(" ")
        for window, view in windows:
            if word == "hide":
                window.hide()
            elif word == "show":
                window.show()
            elif word == "crash" and view.get_uri() == url:
                view.terminate_web_process()
    return True


context = new_context()
settings = new_settings()
context.set_automation_allowed(True)
context.connect("automation-started", on_automation)
control = os.path.join(profile, "control")
if not os.path.exists(control):
    os.mkfifo(control)
GLib.io_add_watch(os.open(control, os.O_RDWR | os.O_NONBLOCK), GLib.IO_IN, on_control)
Gtk.main()
