//! The project as the services see it that bind it.

use std::rc::{Rc, Weak};

use futures_util::future::LocalBoxFuture;
use http::{Request, Response, StatusCode};
use quire_runtime::{Body, Failure, Fetcher};

use super::admission::Refusal;
use super::{Entry, Site, refused};

/// The project, called by a service.
pub(super) struct Called(Weak<Site>);

impl Called {
    pub(super) fn new(site: &Rc<Site>) -> Self {
        Self(Rc::downgrade(site))
    }
}

impl Fetcher for Called {
    fn fetch(
        &self,
        request: Request<Body>,
    ) -> LocalBoxFuture<'static, Result<Response<Body>, Failure>> {
        let site = self.0.upgrade();
        Box::pin(async move {
            let Some(site) = site else {
                return Ok(refused(Refusal {
                    status: StatusCode::SERVICE_UNAVAILABLE,
                    reason: "The project is stopping.",
                }));
            };
            let uri = request.uri().clone();
            if let Some(functions) = &site.functions
                && functions.are_entered_by(uri.path())
            {
                match &functions.entry {
                    Entry::Worker => return functions.runtime.fetch_call(request).await,
                    Entry::Routes(router) => {
                        let chain = router.find(request.method().as_str(), uri.path());
                        if !chain.is_empty() {
                            return functions.runtime.handle_call(request, &chain).await;
                        }
                    }
                }
            }
            match &site.upstream {
                Some(upstream) => upstream.fetch(request).await,
                None => Ok(site.static_files.answer(&request, &uri).await),
            }
        })
    }
}
