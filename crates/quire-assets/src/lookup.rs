//! Which file, redirect or not-found page belongs to a path.

use std::convert::Infallible;

/// What a path leads to. `F` is what the caller knows of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome<F> {
    /// The file is the answer.
    Page(F),
    /// The answer is a permanent redirect to this decoded path.
    Redirect(String),
    /// The file is the body of a not-found answer.
    NotFoundPage(F),
    /// There is nothing, not even a page that says so.
    Nothing,
}

impl<F> Outcome<F> {
    pub(crate) fn map<G>(self, turn: impl FnOnce(F) -> G) -> Outcome<G> {
        match self.try_map(|file| Ok::<_, Infallible>(turn(file))) {
            Ok(outcome) => outcome,
        }
    }

    pub(crate) fn try_map<G, E>(
        self,
        turn: impl FnOnce(F) -> Result<G, E>,
    ) -> Result<Outcome<G>, E> {
        Ok(match self {
            Self::Page(file) => Outcome::Page(turn(file)?),
            Self::NotFoundPage(file) => Outcome::NotFoundPage(turn(file)?),
            Self::Redirect(path) => Outcome::Redirect(path),
            Self::Nothing => Outcome::Nothing,
        })
    }
}

impl<F> Outcome<Option<F>> {
    pub(crate) fn transpose(self) -> Option<Outcome<F>> {
        self.try_map(|file| file.ok_or(())).ok()
    }
}

/// Finds the answer for a decoded path. `file` tells of a file by its path, `None` if there is none to serve.
pub(crate) fn find<F, E>(
    path: &str,
    mut file: impl FnMut(&str) -> Result<Option<F>, E>,
) -> Result<Outcome<F>, E> {
    let found = if path.ends_with('/') {
        find_directory(path, &mut file)?
    } else {
        find_file(path, &mut file)?
    };
    match found {
        Some(outcome) => Ok(outcome),
        None => find_not_found_page(path, &mut file),
    }
}

fn find_directory<F, E>(
    path: &str,
    file: &mut impl FnMut(&str) -> Result<Option<F>, E>,
) -> Result<Option<Outcome<F>>, E> {
    if let Some(index) = file(&format!("{path}index.html"))? {
        return Ok(Some(Outcome::Page(index)));
    }
    if path.ends_with("/index/") {
        return Ok(Some(Outcome::Redirect(
            path[..path.len() - "index/".len()].to_owned(),
        )));
    }
    let name = &path[..path.len() - 1];
    if !name.is_empty() && file(&format!("{name}.html"))?.is_some() {
        return Ok(Some(Outcome::Redirect(name.to_owned())));
    }
    Ok(None)
}

fn find_file<F, E>(
    path: &str,
    file: &mut impl FnMut(&str) -> Result<Option<F>, E>,
) -> Result<Option<Outcome<F>>, E> {
    if let Some(exact) = file(path)? {
        if path.ends_with("/index.html") {
            return Ok(Some(Outcome::Redirect(
                path[..path.len() - "index.html".len()].to_owned(),
            )));
        }
        let outcome = match path.strip_suffix(".html") {
            // The short URL is `/`, which means the index.
            Some("/") | None => Outcome::Page(exact),
            // The short URL is another file, so the long one is the only way to this one.
            Some(short) if file(short)?.is_some() => Outcome::Page(exact),
            Some(short) => Outcome::Redirect(short.to_owned()),
        };
        return Ok(Some(outcome));
    }
    if path.ends_with("/index") {
        return Ok(Some(Outcome::Redirect(
            path[..path.len() - "index".len()].to_owned(),
        )));
    }
    if let Some(page) = file(&format!("{path}.html"))? {
        return Ok(Some(Outcome::Page(page)));
    }
    if file(&format!("{path}/index.html"))?.is_some() {
        return Ok(Some(Outcome::Redirect(format!("{path}/"))));
    }
    Ok(None)
}

fn find_not_found_page<F, E>(
    path: &str,
    file: &mut impl FnMut(&str) -> Result<Option<F>, E>,
) -> Result<Outcome<F>, E> {
    let mut directory = path;
    while let Some(slash) = directory.rfind('/') {
        directory = &directory[..slash];
        if let Some(page) = file(&format!("{directory}/404.html"))? {
            return Ok(Outcome::NotFoundPage(page));
        }
    }
    // Without any 404.html the site is taken for a single-page application.
    Ok(match file("/index.html")? {
        Some(index) => Outcome::Page(index),
        None => Outcome::Nothing,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn look(files: &[&str], path: &str) -> Outcome<String> {
        let outcome: Result<_, Infallible> = find(path, |name| {
            Ok(files.contains(&name).then(|| name.to_owned()))
        });
        outcome.unwrap()
    }

    fn page(name: &str) -> Outcome<String> {
        Outcome::Page(name.to_owned())
    }

    fn redirect(path: &str) -> Outcome<String> {
        Outcome::Redirect(path.to_owned())
    }

    #[test]
    fn every_row_of_the_lookup() {
        let files = [
            "/404.html",
            "/about.html",
            "/about/index.html",
            "/blog/index.html",
            "/blog/post.html",
            "/both",
            "/both.html",
            "/.html",
            "/sub/.html",
            "/file.txt",
            "/index.html",
            "/deep/404.html",
            "/x/index.html.html",
            "/y/index",
        ];
        for (path, expected) in [
            ("/", page("/index.html")),
            ("/about/", page("/about/index.html")),
            ("/blog/index/", redirect("/blog/")),
            ("/nowhere/index/", redirect("/nowhere/")),
            ("/index/", redirect("/")),
            ("/blog/post/", redirect("/blog/post")),
            ("/nothing/", Outcome::NotFoundPage("/404.html".to_owned())),
            ("/index.html", redirect("/")),
            ("/blog/index.html", redirect("/blog/")),
            ("/both.html", page("/both.html")),
            ("/both", page("/both")),
            ("/.html", page("/.html")),
            ("/sub/.html", redirect("/sub/")),
            ("/about.html", redirect("/about")),
            ("/blog/post.html", redirect("/blog/post")),
            ("/file.txt", page("/file.txt")),
            ("/index", redirect("/")),
            ("/nowhere/index", redirect("/nowhere/")),
            ("/y/index", page("/y/index")),
            ("/about", page("/about.html")),
            ("/blog/post", page("/blog/post.html")),
            ("/blog", redirect("/blog/")),
            ("/x/index.html", page("/x/index.html.html")),
            ("/404", page("/404.html")),
            ("/404.html", redirect("/404")),
            ("/nothing", Outcome::NotFoundPage("/404.html".to_owned())),
            (
                "/deep/er/x",
                Outcome::NotFoundPage("/deep/404.html".to_owned()),
            ),
            (
                "/deep/x",
                Outcome::NotFoundPage("/deep/404.html".to_owned()),
            ),
            ("/deep", Outcome::NotFoundPage("/404.html".to_owned())),
            ("/About", Outcome::NotFoundPage("/404.html".to_owned())),
        ] {
            assert_eq!(look(&files, path), expected, "{path}");
        }
    }

    #[test]
    fn without_a_not_found_page() {
        let application = ["/index.html", "/only-here/404.html"];
        assert_eq!(look(&application, "/settings/profile"), page("/index.html"));
        assert_eq!(
            look(&application, "/only-here/x"),
            Outcome::NotFoundPage("/only-here/404.html".to_owned())
        );
        assert_eq!(look(&["/a.txt"], "/b"), Outcome::Nothing);
        assert_eq!(look(&["/.html"], "/"), Outcome::Nothing);
        assert_eq!(look(&[], "/"), Outcome::Nothing);
    }

    #[test]
    fn the_walk_tries_every_directory_upwards() {
        let mut tried = Vec::new();
        let outcome: Result<Outcome<()>, Infallible> = find("/blog/zip/x", |name| {
            tried.push(name.to_owned());
            Ok(None)
        });
        assert_eq!(outcome.unwrap(), Outcome::Nothing);
        assert_eq!(
            tried[3..],
            [
                "/blog/zip/404.html",
                "/blog/404.html",
                "/404.html",
                "/index.html"
            ]
            .map(str::to_owned)
        );
    }
}
