//! The names of distributions in sentences.

/// Returns the name of a distribution as it writes it itself, such as `Debian` for `debian`. A name that is not in the
/// list is returned unchanged.
///
/// `id` is the one of the tables, which is that of os-release(5) for most distributions.
pub(crate) fn proper_name(id: &str) -> &str {
    match id {
        "almalinux" => "AlmaLinux",
        "alpine" => "Alpine",
        "alt" => "ALT",
        "amazonlinux" => "Amazon Linux",
        "anolis" => "Anolis OS",
        "arch" => "Arch Linux",
        "azurelinux" => "Azure Linux",
        "centos" => "CentOS",
        "chainguard" => "Chainguard",
        "debian" => "Debian",
        "fedora" => "Fedora",
        "mageia" => "Mageia",
        "mariner" => "CBL-Mariner",
        "opencloudos" => "OpenCloudOS",
        "openeuler" => "openEuler",
        "opensuse" => "openSUSE",
        "oraclelinux" => "Oracle Linux",
        "photon" => "Photon OS",
        "rhel" => "RHEL",
        "rocky" => "Rocky Linux",
        "slackware" => "Slackware",
        "sles" => "SLES",
        "ubuntu" => "Ubuntu",
        "wolfi" => "Wolfi",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::proper_name;
    use crate::catalogue::data;

    #[test]
    fn each_distribution_of_the_tables_has_a_name() {
        let rows = &data::releases().releases;
        assert!(rows.len() > 50);
        for row in rows.iter() {
            assert_ne!(proper_name(row.distro()), row.distro());
        }
    }

    #[test]
    fn unknown_names_are_unchanged() {
        assert_eq!(proper_name("nixos"), "nixos");
    }
}
