"""A release that nobody made yet, as far as the tests of migrating need one."""
