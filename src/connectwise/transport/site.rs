//! The configured site: the only place that requests go to.

use std::net::IpAddr;

use reqwest::Url;

use crate::connectwise::ConnectWiseError;

/// A site: scheme, host and port, and nothing else.
pub(super) struct Site {
    root: Url,
}

impl Site {
    /// Reads a site. `http` is for loopback addresses only, where nobody can listen in.
    pub(super) fn parse(text: &str) -> Result<Self, ConnectWiseError> {
        let refused = |why: &str| ConnectWiseError::Settings { what: format!("site {text:?} {why}") };
        let root: Url = text.parse().map_err(|_| refused("is no address"))?;
        if !root.username().is_empty() || root.password().is_some() {
            return Err(ConnectWiseError::Settings { what: "site holds a user or a password".to_owned() });
        }
        if root.path() != "/" || root.query().is_some() || root.fragment().is_some() {
            return Err(refused("is more than a scheme, a host and a port"));
        }
        match root.scheme() {
            "https" => Ok(Self { root }),
            "http" if is_loopback(&root) => Ok(Self { root }),
            "http" => Err(refused("must be https; http is for loopback addresses only")),
            _ => Err(refused("must be https")),
        }
    }

    /// Whether the site is reached without TLS.
    pub(super) fn is_plain(&self) -> bool {
        self.root.scheme() == "http"
    }

    /// An address on the site. Each segment is encoded, so none can leave its place.
    pub(super) fn address(&self, segments: &[&str]) -> Url {
        let mut address = self.root.clone();
        if let Ok(mut path) = address.path_segments_mut() {
            path.clear().extend(segments);
        }
        address
    }
}

fn is_loopback(address: &Url) -> bool {
    let host = address.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::Site;

    #[test]
    fn only_https_and_plain_loopback_are_sites() {
        for good in [
            "https://api-na.myconnectwise.net",
            "https://cw.example:8443/",
            "http://127.0.0.1:8080",
            "http://[::1]:1",
            "http://localhost:9",
        ] {
            assert!(Site::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "api-na.myconnectwise.net",
            "http://cw.example",
            "http://127.0.0.1.example",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
            "https://user:secret@cw.example",
            "https://cw.example/v4_6_release",
            "https://cw.example/?x",
        ] {
            assert!(Site::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_in_the_site_is_refused_without_being_shown() {
        let error = Site::parse("https://user:secret@cw.example").err().unwrap();

        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn a_segment_cannot_leave_its_place() {
        let site = Site::parse("https://cw.example").ok().unwrap();

        let address = site.address(&["login", "companyinfo", "a/b?c#d@evil.example"]);

        assert_eq!(address.as_str(), "https://cw.example/login/companyinfo/a%2Fb%3Fc%23d@evil.example");
    }
}
