/**
 * The audit trail: one JSON object a line for everything that an auditor asks for, chained by
 * hashes, in a file that one Culvert writes at a time. Its events are told to the log, too.
 *
 * <p>Starting points: {@link culvert.proxy.audit.Audit} is told what happens, of jobs by {@link
 * culvert.proxy.audit.AuditJobs}; {@link culvert.proxy.audit.AuditTrail} writes it, on a thread of
 * its own; {@link culvert.proxy.audit.TrailReader} reads it, line by line; {@link
 * culvert.proxy.audit.TrailCheck} finds what is missing or has been changed. The format is in
 * {@code docs/AUDIT.md}.
 */
@NullMarked
package culvert.proxy.audit;

import org.jspecify.annotations.NullMarked;
