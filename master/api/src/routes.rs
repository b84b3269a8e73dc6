//! Every route with its rule, and what lies around all of them.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, StatusCode},
    middleware,
    routing::{delete, get, post, put},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate as _, SizeAbove},
    },
    set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
};

use crate::{
    PUPPET_VERSION, access, authority, error,
    files::{bucket, content, metadata},
    nodes,
    rule::{Routes, Rule},
    state::App,
    status,
};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
/// Requests and commands to the authority.
const SMALL: usize = 128 * KIB;
/// Facts (encoded twice) and reports.
const LARGE: usize = 64 * MIB;
/// For everything but a long file: reading the body, compiling, answering.
const WHOLE_REQUEST: Duration = Duration::from_secs(300);

/// The whole of what the master answers.
pub fn router(app: Arc<App>) -> Router {
    let small = DefaultBodyLimit::max(SMALL);
    let large = DefaultBodyLimit::max(LARGE);
    let routes = Routes::new(app)
        .add(Rule::Anyone, "/status/v1/simple", get(status::simple))
        .add(
            Rule::Anyone,
            "/status/v1/simple/{service}",
            get(status::simple),
        )
        .add(Rule::Anyone, "/status/v1/services", get(status::services));
    let routes = authority_routes(routes, small);
    let routes = routes
        .add(
            Rule::Own,
            "/puppet/v3/catalog/{certname}",
            post(nodes::catalog::post).layer(large),
        )
        .add(
            Rule::Own,
            "/puppet/v3/catalog/{certname}",
            get(nodes::catalog::get),
        )
        .add(
            Rule::Own,
            "/puppet/v3/node/{certname}",
            get(nodes::node::get),
        )
        .add(
            Rule::Own,
            "/puppet/v3/facts/{certname}",
            put(nodes::facts::put).layer(large),
        )
        .add(
            Rule::Own,
            "/puppet/v3/report/{certname}",
            put(nodes::report::put).layer(large),
        )
        .add(
            Rule::Node,
            "/puppet/v3/environments",
            get(nodes::environments::get),
        )
        .add(
            Rule::Node,
            "/puppet/v3/file_metadata/{*path}",
            get(metadata::one),
        )
        .add(
            Rule::Node,
            "/puppet/v3/file_metadatas/{*path}",
            get(metadata::tree),
        )
        .add(
            Rule::Node,
            "/puppet/v3/file_content/{*path}",
            get(content::get),
        )
        .add(
            Rule::Node,
            "/puppet/v3/file_bucket_file/{*path}",
            get(bucket::get)
                .put(bucket::put)
                .layer(DefaultBodyLimit::disable()),
        );
    let version = HeaderValue::from_static(PUPPET_VERSION);
    let worth_it =
        SizeAbove::new(256).and(NotForContentType::const_new("application/octet-stream"));
    routes
        .into_router()
        .layer(middleware::from_fn(error::in_the_clients_form))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            WHOLE_REQUEST,
        ))
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new().compress_when(worth_it))
        .layer(middleware::from_fn(access::log))
        .layer(SetResponseHeaderLayer::overriding(
            HeaderName::from_static("x-puppet-version"),
            version,
        ))
}

fn authority_routes(routes: Routes, small: DefaultBodyLimit) -> Routes {
    use authority::{certificate, list, request, status};
    routes
        .add(
            Rule::Anyone,
            "/puppet-ca/v1/certificate/{certname}",
            get(certificate::get),
        )
        .add(
            Rule::Anyone,
            "/puppet-ca/v1/certificate_revocation_list/ca",
            get(list::get),
        )
        .add(
            Rule::Anyone,
            "/puppet-ca/v1/certificate_request/{certname}",
            put(request::put).layer(small),
        )
        .add(
            Rule::Own,
            "/puppet-ca/v1/certificate_request/{certname}",
            get(request::get),
        )
        .add(
            Rule::Administrator,
            "/puppet-ca/v1/certificate_request/{certname}",
            delete(request::delete),
        )
        .add(
            Rule::Node,
            "/puppet-ca/v1/certificate_renewal",
            post(certificate::renew).layer(small),
        )
        .add(
            Rule::Administrator,
            "/puppet-ca/v1/certificate_status/{certname}",
            get(status::get)
                .put(status::put)
                .delete(status::delete)
                .layer(small),
        )
        .add(
            Rule::Administrator,
            "/puppet-ca/v1/certificate_statuses/{any}",
            get(status::all),
        )
}
