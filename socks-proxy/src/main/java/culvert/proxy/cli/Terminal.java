package culvert.proxy.cli;

import culvert.config.read.Environment;
import java.io.BufferedReader;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * Where a command talks to its user.
 *
 * @param in answers, line by line
 * @param out results only
 * @param err everything else
 * @param log standard error as well, without anybody else's lock: where the log goes
 * @param interactive whether a person can answer questions
 * @param passwords asks for what must not be seen
 */
record Terminal(
    BufferedReader in,
    PrintStream out,
    PrintStream err,
    OutputStream log,
    boolean interactive,
    PasswordPrompt passwords,
    Environment environment) {}
