package culvert.it.compat;

/**
 * Why a client cannot do something: a fact that Culvert cannot change.
 *
 * @param shows whether the client fails soon when it is tried nevertheless; then it is
 */
record Reason(String fact, boolean shows) {}
