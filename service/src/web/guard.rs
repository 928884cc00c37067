//! Which addresses may be reached. Users choose what this process asks for, and it stands where
//! they don't: inside of a network, beside the address that gives out its credentials.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use futures_util::future::BoxFuture;
use ipnet::IpNet;
use reqwest::{
    Url,
    dns::{Addrs, Name, Resolve, Resolving},
};

/// All that is no public unicast address.
/// <https://www.iana.org/assignments/iana-ipv4-special-registry>
/// <https://www.iana.org/assignments/iana-ipv6-special-registry>
const NOT_PUBLIC: [&str; 28] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    // Link-local, with what clouds tell their machines: 169.254.169.254.
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    // Multicast and what is reserved, with broadcast.
    "224.0.0.0/3",
    // Of IPv6, only 2000::/3 is global unicast.
    "::/3",
    "4000::/2",
    "8000::/1",
    // Within it: IETF protocols with Teredo, documentation, 6to4, AS112, and segment routing.
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "2620:4f:8000::/48",
    "3fff::/20",
    "5f00::/16",
    // Mapped and translated IPv4: none stands in a name of the public web.
    "64:ff9b::/96",
    "::ffff:0:0/96",
];

type Lookup = fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>>;

/// Lets no connection through but to what may be reached.
pub struct Guard {
    not_public: Vec<IpNet>,
    /// Private networks that may be reached all the same.
    private: Vec<IpNet>,
    lookup: Lookup,
}

/// A name or an address that may not be reached.
#[derive(Debug, thiserror::Error)]
#[error("the address is not public")]
pub struct NotPublic;

impl Guard {
    pub fn new(private: Vec<IpNet>) -> Arc<Self> {
        Self::with_lookup(private, |name| {
            // The system's, in a thread of its own.
            Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) })
        })
    }

    fn with_lookup(private: Vec<IpNet>, lookup: Lookup) -> Arc<Self> {
        let not_public = NOT_PUBLIC.iter().filter_map(|network| network.parse().ok()).collect();
        Arc::new(Self { not_public, private, lookup })
    }

    fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let is_in = |networks: &[IpNet]| networks.iter().any(|network| network.contains(&address));
        is_in(&self.private) || !is_in(&self.not_public)
    }

    /// Whether a URL may be asked for, as far as it says itself. What its name stands for shows
    /// when it is connected to.
    pub fn allows_url(&self, url: &Url) -> bool {
        let is_web = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
        // Other protocols may take a request for a command. Inside of a network pages have other
        // ports, but not below 1024.
        let has_private = !self.private.is_empty();
        let is_port_good =
            url.port_or_known_default().is_some_and(|port| matches!(port, 80 | 443) || has_private && port >= 1024);
        // A client connects to an address that stands in a URL without a resolver.
        let is_host_good = url.host_str().is_some_and(|host| {
            host.trim_matches(['[', ']']).parse().ok().is_none_or(|address: IpAddr| self.allows(address))
        });
        is_web && is_port_good && is_host_good
    }
}

/// The addresses it gives are the ones that are connected to: a name that changes its mind after
/// a check gains nothing.
#[derive(Clone)]
pub struct PublicOnly(pub Arc<Guard>);

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.0.clone();
        Box::pin(async move {
            let mut addresses = (guard.lookup)(name.as_str().to_owned()).await?;
            addresses.retain(|address| guard.allows(address.ip()));
            if addresses.is_empty() {
                return Err(NotPublic.into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn only_public_addresses_of_the_web_may_be_asked() {
        let guard = Guard::new(Vec::new());
        assert_eq!(guard.not_public.len(), NOT_PUBLIC.len(), "one of them is no network");
        let good =
            ["https://example.com/a?b", "http://example.com:80", "http://93.184.216.34", "https://[2606:4700::1]"];
        let bad = [
            "ftp://example.com",
            "file:///etc/passwd",
            "gopher://example.com",
            "https://user:secret@example.com",
            "https://example.com:22",
            "https://example.com:8080",
            "http://127.0.0.1:8000",
            // Other ways to write it.
            "http://2130706433",
            "http://0x7f.1",
            "http://0177.0.0.1",
            "http://[::1]",
            "http://[::ffff:127.0.0.1]",
            "http://[::ffff:7f00:1]",
            "http://[64:ff9b::7f00:1]",
            "http://[2002:7f00:1::]",
            "http://0.0.0.0",
            "http://169.254.169.254/latest/meta-data/",
            "http://169.254.170.2/v2/credentials",
            "http://[fd00:ec2::254]/latest/meta-data/",
            "http://[fe80::1]",
            "http://10.0.0.1",
            "http://172.31.255.255",
            "http://192.168.1.1",
            "http://100.64.0.1",
            "http://224.0.0.1",
            "http://255.255.255.255",
        ];
        for url in good {
            assert!(guard.allows_url(&url.parse().unwrap()), "{url}");
        }
        for url in bad {
            assert!(!guard.allows_url(&url.parse().unwrap()), "{url}");
        }
        let intranet = Guard::new(vec!["10.20.0.0/16".parse().unwrap()]);
        assert!(intranet.allows_url(&"http://10.20.3.4:8080".parse().unwrap()));
        assert!(!intranet.allows_url(&"http://10.20.3.4:25".parse().unwrap()));
        assert!(intranet.allows_url(&"http://[::ffff:10.20.3.4]".parse().unwrap()));
        assert!(!intranet.allows_url(&"http://10.21.3.4".parse().unwrap()));
    }

    #[tokio::test]
    async fn a_name_is_checked_by_what_is_connected_to() {
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        // Public when it is asked first, and ours from then on.
        let resolver = PublicOnly(Guard::with_lookup(Vec::new(), |_| {
            let address = if CALLS.fetch_add(1, Ordering::Relaxed) == 0 { [93, 184, 216, 34] } else { [127, 0, 0, 1] };
            Box::pin(async move { Ok(vec![(address, 0).into(), ([10, 0, 0, 1], 0).into()]) })
        }));
        let name = || "rebinding.example.com".parse::<Name>().unwrap();

        let first: Vec<SocketAddr> =
            resolver.resolve(name()).await.unwrap_or_else(|_| Box::new(std::iter::empty())).collect();
        let second = resolver.resolve(name()).await;

        assert_eq!(first, [([93, 184, 216, 34], 0).into()]);
        assert!(second.err().is_some_and(|error| error.is::<NotPublic>()));
    }
}
