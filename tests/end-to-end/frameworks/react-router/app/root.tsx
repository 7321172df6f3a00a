import type { ReactNode } from "react";
import { Link, Links, Meta, Outlet, Scripts, isRouteErrorResponse, useRouteError } from "react-router";

export function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <Meta />
        <Links />
      </head>
      <body>
        <nav>
          <Link to="/">home</Link> <Link to="/items/4">item</Link> <Link to="/form">form</Link>
        </nav>
        {children}
        <Scripts />
      </body>
    </html>
  );
}

export default function Root() {
  return <Outlet />;
}

export function ErrorBoundary() {
  const error = useRouteError();
  return <h1>{isRouteErrorResponse(error) ? `${error.status} ${error.data}` : "broken"}</h1>;
}
