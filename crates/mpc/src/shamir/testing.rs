//! What the tests of this engine have in common.
