export { onRequest as onRequestGet } from "assets:../../shared/docs";
