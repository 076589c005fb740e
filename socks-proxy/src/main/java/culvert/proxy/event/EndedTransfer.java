package culvert.proxy.event;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A data connection that has ended.
 *
 * @param way of its job, when it began
 * @param asked what it was for, if anybody has asked for anything
 * @param reply the code of the server's final reply; empty: it has said nothing
 */
public record EndedTransfer(
    Story story, Way way, Optional<FtpTransfer> asked, OptionalInt reply, Ended end) {}
