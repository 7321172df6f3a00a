import { index, route } from "@react-router/dev/routes";

export default [
  index("routes/home.tsx"),
  route("items/:id", "routes/item.tsx"),
  route("form", "routes/form.tsx"),
  route("api/data", "routes/data.ts"),
];
