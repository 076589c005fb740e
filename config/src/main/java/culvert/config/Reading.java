package culvert.config;

/** What reading one file needs at every step. */
record Reading(Problems problems, Environment environment) {}
