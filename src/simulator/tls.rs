//! Encryption without a certificate of one's own: an authority made at the start, and one certificate that it signs.
//!
//! For this machine only: `localhost`, 127.0.0.1, `::1` and the address that is listened on. The authority's key is
//! forgotten as soon as it has signed, the certificate's key stays in memory: no private key is ever handed out.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::version::{TLS12, TLS13};

/// The names that every certificate is for.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// How long before now a certificate begins: callers' clocks may be behind.
const SINCE: SignedDuration = SignedDuration::from_hours(2 * 24);
/// How long after now it ends. Some callers believe none that lasts longer than 398 days.
const UNTIL: SignedDuration = SignedDuration::from_hours(365 * 24);
/// How many letters a line of PEM has.
const PEM_WIDTH: usize = 64;

/// What a simulator proves itself with over TLS 1.2 and 1.3.
#[derive(Clone, Debug)]
pub struct Tls {
    authority: String,
    config: Arc<ServerConfig>,
}

impl Tls {
    /// Makes an authority and a certificate for this machine, valid from now for a year by the system's clock.
    ///
    /// # Errors
    /// Where the system gives no randomness for the keys.
    pub fn make(address: IpAddr) -> io::Result<Self> {
        let (authority, certificate, key) = certify(address).map_err(io::Error::other)?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![certificate], key))
            .map_err(io::Error::other)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { authority: pem(&authority), config: Arc::new(config) })
    }

    /// The certificate of the authority in PEM, for callers to trust.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        Arc::clone(&self.config).into()
    }
}

type Certified = (CertificateDer<'static>, CertificateDer<'static>, PrivateKeyDer<'static>);

/// The authority's certificate, the one it signed, and the key of that.
fn certify(address: IpAddr) -> Result<Certified, rcgen::Error> {
    let now = Timestamp::now();
    let authority = CertifiedIssuer::self_signed(authority(now), KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let certificate = certificate(now, address)?.signed_by(&key, &authority)?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    Ok((authority.der().clone(), certificate.der().clone(), key))
}

fn authority(now: Timestamp) -> CertificateParams {
    let mut asked = lasting(CertificateParams::default(), now);
    asked.distinguished_name.push(DnType::CommonName, "trueup simulator authority");
    asked.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    asked.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    asked
}

fn certificate(now: Timestamp, address: IpAddr) -> Result<CertificateParams, rcgen::Error> {
    let mut names: Vec<String> = NAMES.map(str::to_owned).to_vec();
    let address = address.to_string();
    if !names.contains(&address) {
        names.push(address);
    }
    let mut asked = lasting(CertificateParams::new(names)?, now);
    asked.distinguished_name.push(DnType::CommonName, "trueup simulator");
    asked.is_ca = IsCa::ExplicitNoCa;
    asked.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    asked.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    asked.use_authority_key_identifier_extension = true;
    Ok(asked)
}

/// Whole days are exact enough, and are all that can be said without another library of dates.
fn lasting(mut asked: CertificateParams, now: Timestamp) -> CertificateParams {
    let midnight = |time: Timestamp| {
        let day = TimeZone::UTC.to_datetime(time).date();
        rcgen::date_time_ymd(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs())
    };
    asked.not_before = midnight(now - SINCE);
    asked.not_after = midnight(now + UNTIL);
    asked
}

fn pem(certificate: &CertificateDer<'_>) -> String {
    let encoded = STANDARD.encode(certificate);
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(PEM_WIDTH));
        text.extend([line, "\n"]);
        rest = after;
    }
    text + "-----END CERTIFICATE-----\n"
}
