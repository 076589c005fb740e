/**
 * Commands in network namespaces of their own ({@code culvert exec}, Linux): their listening
 * sockets are handed over through a UNIX socket, and what is captured in there comes in here, as do
 * the questions for names.
 *
 * <p>Starting points: {@link culvert.proxy.handover.ExecDoor} and {@link
 * culvert.proxy.handover.HandoverDialogue} at the daemon, {@link culvert.proxy.handover.HandedOver}
 * beside the command. What belongs to a user's commands is confined to that user's event loop:
 * whoever hands a socket over keeps a hold on it and can have a call on it block.
 */
@NullMarked
package culvert.proxy.handover;

import org.jspecify.annotations.NullMarked;
