//! Where mappings are: one place, reached safely, with credentials that fit its address.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::Checker;
use crate::problem::Code;
use crate::settings::Tenant;
use crate::settings::document::{
    BasicDocument, RemoteAccessDocument, RepositoryDocument, SshDocument, Written,
};
use crate::settings::repository::{POLL, Place, RemoteAccess, RemotePlace, Repository};
use crate::snapshot::{Address, BadAddress, is_branch_name};
use crate::yaml::Node;

/// What goes with a remote only.
struct RemoteKeys {
    access: Option<RemoteAccessDocument>,
    ca_file: Option<Written>,
    clone: Option<Written>,
}

impl Checker<'_> {
    pub(super) fn repository(
        &mut self,
        node: Node<'_>,
        repository: RepositoryDocument,
    ) -> Option<Repository> {
        let RepositoryDocument { path, url, branch, folder, access, ca_file, signers, poll, clone } =
            repository;
        let keys = RemoteKeys { access, ca_file, clone };
        let place = match (path, url) {
            (Some(path), None) => self.local(node, &path, &keys),
            (None, Some(url)) => self.remote(node, &url, keys),
            (Some(_), Some(_)) => {
                let hint = "name a remote by its url, or a local clone by its path";
                let message = "a repository has one place, and here are two";
                self.error(Code::InvalidValue, "url", node.key("url"), message, hint);
                None
            }
            (None, None) => {
                let message = "the key \"url\" or \"path\" is missing";
                self.error(
                    Code::MissingKey,
                    "url",
                    node,
                    message,
                    "name a remote by its url, or a local clone by its path",
                );
                None
            }
        };
        let branch = match branch {
            None => Some(None),
            Some(Written(branch)) => self.branch(node.key("branch"), &branch).map(Some),
        };
        let folder = match folder {
            None => Some("mappings".to_owned()),
            Some(Written(folder)) => self.folder(node.key("folder"), &folder),
        };
        let signers = self.optional_path(node.key("signers"), signers);
        let poll = self.duration("poll", node, poll, POLL);
        Some(Repository { place: place?, folder: folder?, branch: branch?, signers: signers?, poll: poll? })
    }

    fn local(&mut self, node: Node<'_>, path: &Written, keys: &RemoteKeys) -> Option<Place> {
        let RemoteKeys { access, ca_file, clone } = keys;
        let present =
            [("access", access.is_some()), ("ca_file", ca_file.is_some()), ("clone", clone.is_some())];
        for (key, _) in present.iter().filter(|(_, present)| *present) {
            let message = format!("{key} goes with url, and this repository has a path");
            self.error(Code::InvalidValue, key, node.key(key), message, "leave it out");
        }
        self.path(node.key("path"), path).map(Place::Path)
    }

    fn remote(&mut self, node: Node<'_>, Written(url): &Written, keys: RemoteKeys) -> Option<Place> {
        let RemoteKeys { access, ca_file, clone } = keys;
        let address = match Address::parse(url) {
            Ok(address) => Some(address),
            Err(BadAddress { code, message, hint }) => {
                self.error(code, "url", node.key("url"), message, hint);
                None
            }
        };
        let written = access.is_some();
        let access = match access {
            None => Some(RemoteAccess::Open),
            Some(access) => self.remote_access(node.key("access"), access),
        };
        let ca_file = self.optional_path(node.key("ca_file"), ca_file);
        let clone = self.optional_path(node.key("clone"), clone);
        let (address, access) = (address?, access?);
        let place = if written { node.key("access") } else { node };
        self.fits(place, &address, &access)?;
        // One that is left out is placed beside the journal, once that is known.
        let clone = clone?.unwrap_or_default();
        Some(Place::Remote(Box::new(RemotePlace {
            address,
            access,
            ca_file: ca_file?,
            clone,
            proxy: self.proxy.clone(),
        })))
    }

    fn remote_access(&mut self, node: Node<'_>, access: RemoteAccessDocument) -> Option<RemoteAccess> {
        match access {
            RemoteAccessDocument::Token(token) => self.secret("token", node, token).map(RemoteAccess::Token),
            RemoteAccessDocument::Basic(BasicDocument { username: Written(username), password }) => {
                let password = self.secret("password", node.key("basic"), password)?;
                Some(RemoteAccess::Basic { username, password })
            }
            RemoteAccessDocument::Ssh(SshDocument { key, known_hosts }) => {
                let node = node.key("ssh");
                let key = self.path(node.key("key"), &key);
                let known_hosts = self.path(node.key("known_hosts"), &known_hosts);
                Some(RemoteAccess::Ssh { key: key?, known_hosts: known_hosts? })
            }
        }
    }

    /// Credentials are sent only where they belong, and ssh without a key could only fail.
    fn fits(&mut self, node: Node<'_>, address: &Address, access: &RemoteAccess) -> Option<()> {
        let (message, hint) = match access {
            RemoteAccess::Open if address.is_ssh() => {
                ("an address for ssh needs a key", "add access: { ssh: { key: …, known_hosts: … } }")
            }
            RemoteAccess::Open => return Some(()),
            RemoteAccess::Token(_) | RemoteAccess::Basic { .. } if address.is_web() => return Some(()),
            RemoteAccess::Ssh { .. } if address.is_ssh() => return Some(()),
            RemoteAccess::Token(_) | RemoteAccess::Basic { .. } => (
                "this access is for https, and the address is not",
                "an address for ssh needs access: { ssh: … }",
            ),
            RemoteAccess::Ssh { .. } => {
                ("this access is for ssh, and the address is not", "https needs access: { token: … }")
            }
        };
        self.error(Code::InvalidValue, "access", node, message, hint);
        None
    }

    fn branch(&mut self, node: Node<'_>, branch: &str) -> Option<Arc<str>> {
        if is_branch_name(branch) {
            return Some(branch.into());
        }
        self.error(
            Code::InvalidValue,
            "branch",
            node,
            "branch is no name of a branch",
            "write it as git branch lists it",
        );
        None
    }

    /// A folder inside a repository, with slashes.
    fn folder(&mut self, node: Node<'_>, folder: &str) -> Option<String> {
        let mut names = Vec::new();
        for part in Path::new(folder).components() {
            match part {
                Component::Normal(name) => names.push(name.to_str()?),
                Component::CurDir => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                    let hint = "write a path below the repository, such as mappings";
                    let message = "folder leads out of the repository";
                    self.error(Code::InvalidValue, "folder", node, message, hint);
                    return None;
                }
            }
        }
        Some(names.join("/"))
    }

    /// A path that may be left out. The outer `None`: it is there, and wrong.
    fn optional_path(&mut self, node: Node<'_>, path: Option<Written>) -> Option<Option<PathBuf>> {
        match path {
            None => Some(None),
            Some(path) => self.path(node, &path).map(Some),
        }
    }

    /// Puts each clone that has no place beside the journal, and refuses two tenants in one.
    pub(super) fn place_clones(
        &mut self,
        node: Node<'_>,
        tenants: &mut BTreeMap<Arc<str>, Tenant>,
        journal: &Path,
    ) {
        let mut clones = journal.file_name().unwrap_or_default().to_owned();
        clones.push(".clones");
        let clones = journal.with_file_name(clones);
        let mut taken: BTreeMap<PathBuf, Arc<str>> = BTreeMap::new();
        for (name, tenant) in tenants {
            let Place::Remote(remote) = &mut tenant.repository.place else { continue };
            let clone = &mut remote.clone;
            if clone.as_os_str().is_empty() {
                *clone = clones.join(format!("{name}.git"));
            }
            if let Some(other) = taken.insert(clone.clone(), Arc::clone(name)) {
                let message = format!("the clone is that of tenant {other}");
                let place = node.key(name).key("repository").key("clone");
                self.error(
                    Code::InvalidValue,
                    "clone",
                    place,
                    message,
                    "name another folder, or leave it out",
                );
            }
        }
    }
}
