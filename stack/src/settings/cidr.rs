//! Blocks of addresses.

use std::{fmt, net::Ipv4Addr};

use serde::Deserialize;

/// A block of IPv4 addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Cidr {
    first: u32,
    prefix: u8,
}

impl TryFrom<String> for Cidr {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let parse = || {
            let (address, prefix) = text.split_once('/')?;
            let address: Ipv4Addr = address.parse().ok()?;
            let cidr = Self { first: address.into(), prefix: prefix.parse().ok()? };
            ((16..=28).contains(&cidr.prefix) && cidr.first.is_multiple_of(cidr.size())).then_some(cidr)
        };
        parse().ok_or_else(|| format!("`{text}` is no block of addresses from /16 to /28, such as 10.0.0.0/16"))
    }
}

impl Cidr {
    /// How many of an address's bits all of its addresses share.
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// How many addresses it has.
    fn size(self) -> u32 {
        1 << (32 - self.prefix)
    }

    /// One of the 16 blocks of the same size that it is made of.
    #[must_use]
    pub fn sixteenth(self, index: u32) -> Self {
        Self { first: self.first + self.size() / 16 * index, prefix: self.prefix + 4 }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.first), self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteenths_fill_the_block_in_order() {
        for (block, first, last) in
            [("10.0.0.0/16", "10.0.0.0/20", "10.0.240.0/20"), ("172.16.4.0/22", "172.16.4.0/26", "172.16.7.192/26")]
        {
            let cidr = Cidr::try_from(block.to_owned()).expect("it is a block");
            assert_eq!([0, 15].map(|index| cidr.sixteenth(index).to_string()), [first, last]);
        }
    }

    #[test]
    fn what_is_no_block_is_refused() {
        for text in ["", "10.0.0.0", "10.0.0.0/", "10.0.0.0/15", "10.0.0.0/29", "10.0.1.0/16", "10.0.0/16", "::/16"] {
            assert!(Cidr::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
