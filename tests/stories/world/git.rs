//! What somebody does to the repository of a story besides committing to it.

use git2::{Oid, Repository, ResetType, Signature, Time};

use super::World;

impl World {
    /// Commits as at a time, so that the same files are always the same first commit.
    pub fn commit_at(&self, seconds: i64, message: &str) -> String {
        self.commit(message);
        let repository = self.repository();
        let author =
            Signature::new("story", "story@example.com", &Time::new(seconds, 0)).expect("a plain name");
        let head = repository.head().and_then(|head| head.peel_to_commit()).expect("there is a commit");
        let id = head.amend(Some("HEAD"), Some(&author), Some(&author), None, None, None);
        id.expect("a commit can be written again").to_string()
    }

    /// Puts branch and files back to a commit, as somebody does who then pushes by force.
    pub fn reset_to(&self, commit: &str) {
        let repository = self.repository();
        let commit = repository.find_object(id(commit), None).expect("there is such a commit");
        repository.reset(&commit, ResetType::Hard, None).expect("it can be put back");
    }

    /// Puts a tag on a commit.
    pub fn tag(&self, name: &str, commit: &str) {
        let repository = self.repository();
        let commit = repository.find_object(id(commit), None).expect("there is such a commit");
        repository.tag_lightweight(name, &commit, false).expect("the tag is new");
    }

    /// Makes the repository a plain folder.
    pub fn forget_history(&self) {
        std::fs::remove_dir_all(self.path("billing/.git")).expect("it can be removed");
    }

    fn repository(&self) -> Repository {
        Repository::open(self.path("billing")).expect("it is a repository")
    }
}

fn id(commit: &str) -> Oid {
    Oid::from_str(commit).expect("a commit has a name in hex")
}
