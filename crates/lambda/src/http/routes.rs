//! The routes of a function, which serve requests at once and are described when somebody asks: making the description of
//! every route takes as long as all the rest of a start, and no request reads it.

use axum::{Router, handler::Handler, routing::MethodRouter};
use utoipa::openapi::{HttpMethod, OpenApi};
use utoipa_axum::{
    PathItemExt as _,
    router::{OpenApiRouter, UtoipaMethodRouter},
};

/// Handlers of one path, made by [`routes!`](crate::routes!).
pub struct Route<S> {
    path: String,
    methods: MethodRouter<S>,
    described: fn() -> UtoipaMethodRouter<S>,
}

impl<S> Route<S> {
    /// For [`routes!`](crate::routes!).
    #[doc(hidden)]
    pub fn new(path: String, methods: MethodRouter<S>, described: fn() -> UtoipaMethodRouter<S>) -> Self {
        Self { path, methods, described }
    }
}

/// Adds `handler` for `methods`, for [`routes!`](crate::routes!).
#[doc(hidden)]
pub fn on<H, T, S>(router: MethodRouter<S>, methods: &[HttpMethod], handler: &H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    methods.iter().fold(router, |router, method| router.on(method.to_method_filter(), handler.clone()))
}

/// Routes, and how each is described.
pub struct Routes<S = ()> {
    router: Router<S>,
    described: Vec<fn() -> UtoipaMethodRouter<S>>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    #[must_use]
    pub fn new() -> Self {
        Self { router: Router::new(), described: Vec::new() }
    }

    #[must_use]
    pub fn routes(mut self, route: Route<S>) -> Self {
        self.router = self.router.route(&route.path, route.methods);
        self.described.push(route.described);
        self
    }

    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.described.extend(other.described);
        self
    }

    /// With what `change` makes of the router.
    #[must_use]
    pub fn map(self, change: impl FnOnce(Router<S>) -> Router<S>) -> Self {
        Self { router: change(self.router), ..self }
    }

    pub fn into_router(self) -> Router<S> {
        self.router
    }

    /// The description of the routes.
    #[must_use]
    pub fn openapi(self) -> OpenApi {
        let described = self.described.into_iter().fold(OpenApiRouter::new(), |all, described| all.routes(described()));
        described.split_for_parts().1
    }
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

/// Routes that nothing describes.
impl<S> From<Router<S>> for Routes<S> {
    fn from(router: Router<S>) -> Self {
        Self { router, described: Vec::new() }
    }
}

/// The [`Route`](crate::http::Route) of handlers that carry `#[utoipa::path]` and answer at one path.
#[macro_export]
macro_rules! routes {
    ($first:path $(, $rest:path)* $(,)?) => {
        $crate::utoipa_axum::paste! {{
            let path = $crate::utoipa_axum::routes!(@path [path()] of $first);
            let methods = $crate::utoipa_axum::routes!(@path [methods()] of $first);
            let router = $crate::http::on(::axum::routing::MethodRouter::new(), &methods, &$first);
            $(
                let methods = $crate::utoipa_axum::routes!(@path [methods()] of $rest);
                let router = $crate::http::on(router, &methods, &$rest);
            )*
            $crate::http::Route::new(path, router, || $crate::utoipa_axum::routes!($first $(, $rest)*))
        }}
    };
}
