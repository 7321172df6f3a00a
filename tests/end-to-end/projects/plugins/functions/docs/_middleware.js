export { onRequest } from "assets:../../shared/docs";
