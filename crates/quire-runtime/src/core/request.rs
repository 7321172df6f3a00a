//! placeholder
use super::realm::Realm;
use std::rc::Rc;
pub(crate) struct RequestContext;
impl RequestContext {
    pub(crate) fn detached(_realm: &Rc<Realm>) -> Rc<Self> { Rc::new(Self) }
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + 'static) { tokio::task::spawn_local(task); }
    pub(crate) fn over_time_limit(&self) {}
    pub(crate) fn after_entry(&self) {}
}
