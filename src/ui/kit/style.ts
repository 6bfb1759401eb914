/** The ground of all styles, in its order. The first import of the interface, so that the order of the layers is set before any layer is used. */
import "./tokens.css";
import "./base.css";
import "./controls.css";
