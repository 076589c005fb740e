/**
 * Where secrets are not: in the memory of a Culvert process, once they have been used.
 *
 * <p>Starting point: {@link culvert.it.secrets.MemoryIT}.
 */
package culvert.it.secrets;
