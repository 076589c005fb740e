/**
 * Key exchanges, the first and all later ones, with real and embedded servers.
 *
 * <p>Starting points: {@code RekeyUnderLoadIT} and {@code NegotiationIT}. Tests run on their own
 * threads; all sessions of one {@code OneLoop} share its event loop.
 */
package culvert.it.kex;
