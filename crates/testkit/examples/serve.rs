//! Serves a test office with one person and one officer at the counter, for the load generator: prints the cookie, the person,
//! and where it listens. The folder given (default: a temporary one) should be on the disk to be measured.
//!
//! ```sh
//! cargo run --release -p siger-testkit --example serve -- 127.0.0.1:8099
//! ```

use std::net::SocketAddr;

use siger_domain::access::Role;
use siger_domain::id::PersonId;
use siger_domain::person::{CountryCode, Identity, Name, Sex};
use siger_testkit::office::TestOffice;
use siger_web::asset::Assets;
use siger_web::server::{Config, State, router};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let address: SocketAddr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8099".to_owned()).parse()?;
    let test = TestOffice::new();
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let by = test.context(&desk).await;
    let id = PersonId::new(test.office.now(), test.office.random());
    let identity = Identity { name: Name::new("Contoh Siti")?, born: None, sex: Sex::F, nationality: CountryCode::new("nationality", "UTO")? };
    let made = test.office.write(move |write| siger_app::person::register(write, &by, id, identity, Vec::new())).await?;
    let config = Config { assets: Assets::builtin(), origin: format!("http://{address}"), tls: false, proxies: Vec::new() };
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("cookie: siger={}", desk.begun.token.to_cookie());
    println!("person: {}", made.person);
    println!("listen: http://{address}");
    axum::serve(listener, router(State::new(test.office.clone(), config)).into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}
