/** The ground of all styles: tokens, base and the controls. */
import "./tokens.css";
import "./base.css";
import "./controls.css";
