/**
 * Transfers of known hashes while everything around them breaks: {@link
 * culvert.it.nemesis.NemesisIT}.
 *
 * <p>Starting points: {@link culvert.it.nemesis.Act} is what is done to the peers, {@link
 * culvert.it.nemesis.Behaviour} what clients do to themselves; {@link culvert.it.nemesis.Checker}
 * says what must never be. Everything is drawn from one seed; each worker and the nemesis have a
 * thread and a random generator of their own, so that a seed always gives the same jobs and the
 * same acts, though not to the millisecond.
 */
package culvert.it.nemesis;
