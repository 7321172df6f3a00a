use super::support::{Server, functions, settings, with_assets};

#[tokio::test]
async fn functions_assets_and_what_is_neither() {
    let assets = tempfile::tempdir().unwrap();
    std::fs::write(assets.path().join("page.html"), "<p>page").unwrap();
    std::fs::write(assets.path().join("404.html"), "<p>none").unwrap();
    let files = [
        (
            "hello/[name].js",
            "({ params }) => new Response('hello ' + params.name)",
        ),
        (
            "guard/_middleware.js",
            "async ({ next }) => { const r = await next(); r.headers.set('x-guard', '1'); return r }",
        ),
    ];
    let server = Server::start(settings(), with_assets(functions(&files), assets.path())).await;
    let answer = server.get("/hello/you").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "hello you"));
    let answer = server.get("/x/../hello/%2e%2e/hello/me?q").await;
    assert_eq!(answer.body, "hello me");
    assert_eq!(server.get("/page").await.body, "<p>page");
    let answer = server.get("/guard/page").await;
    assert_eq!(answer.status, 404);
    assert!(answer.head.contains("x-guard: 1"), "{}", answer.head);
    assert_eq!(server.get("/nothing").await.body, "<p>none");
    let answer = server
        .request("HEAD /hello/you HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        .await;
    assert!(
        answer.head.contains("content-length: 9") && answer.body.is_empty(),
        "{answer:?}"
    );
    assert_eq!(
        server
            .request("FOO / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            .await
            .status,
        501
    );
    server.stop().await;
}

#[tokio::test]
async fn rules_keep_paths_from_the_functions() {
    let mut deployment = functions(&[("[[all]].js", "() => new Response('function')")]);
    let rules = r#"{"version":1,"include":["/*"],"exclude":["/static/*"]}"#;
    deployment.routes_rules = Some(serde_json::from_str(rules).unwrap());
    let server = Server::start(settings(), deployment).await;
    assert_eq!(server.get("/a").await.body, "function");
    assert_eq!(server.get("/static/a").await.status, 404);
    // A dot segment must not be a way around a rule, nor into one.
    assert_eq!(server.get("/static/..%2f../a").await.status, 404);
    assert_eq!(server.get("/static/../a").await.body, "function");
    server.stop().await;
}

#[tokio::test]
async fn http2_without_tls() {
    use http_body_util::{BodyExt, Empty};
    use hyper_util::rt::{TokioExecutor, TokioIo};

    let server = Server::start(
        settings(),
        functions(&[("index.js", "({ request }) => new Response(request.url)")]),
    )
    .await;
    let socket = TokioIo::new(server.connect().await);
    let (mut client, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), socket)
            .await
            .unwrap();
    let connection = tokio::spawn(connection);
    for method in ["GET", "HEAD"] {
        let request = hyper::Request::builder()
            .method(method)
            .uri(format!("http://{}/?a", server.address))
            .body(Empty::<bytes::Bytes>::new())
            .unwrap();
        let response = client.send_request(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.version(), hyper::Version::HTTP_2);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(
            body,
            if method == "GET" {
                format!("http://{}/?a", server.address)
            } else {
                String::new()
            }
        );
    }
    drop(client);
    connection.await.unwrap().unwrap();
    server.stop().await;
}
