//! Commits signed by real git and real `ssh-keygen`.
