package culvert.proxy.ftp.passive;

import culvert.proxy.ftp.core.PassiveReply;
import culvert.proxy.ftp.data.DataTaker;
import culvert.proxy.ftp.data.PassiveAddress;
import culvert.proxy.upstream.Upstream;
import java.util.function.Function;

/**
 * One upstream of a session, for passive mode.
 *
 * @param upstream the way that data connections will take
 * @param address the server's, as the client knows it
 * @param takers of clients that come for data at a port that nobody has announced
 */
public record PassiveUpstream(
    Upstream upstream, PassiveAddress address, Function<PassiveReply, DataTaker> takers) {}
