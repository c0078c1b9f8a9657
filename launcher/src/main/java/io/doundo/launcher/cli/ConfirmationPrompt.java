package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Set;

/**
 * Asks for confirmation at the terminal before an irreversible action. If standard input is not a
 * terminal, no question is asked.
 */
public final class ConfirmationPrompt {

  private static final Set<String> YES = Set.of("y", "yes");

  private final boolean terminal;
  private final BufferedReader input;

  /**
   * Asks the writer of this input.
   *
   * @param terminal whether that is a person
   */
  public ConfirmationPrompt(boolean terminal, Reader input) {
    this.terminal = terminal;
    this.input = new BufferedReader(input);
  }

  /** The doundo script knows whether standard input is a terminal. */
  public static ConfirmationPrompt ofThisProcess() {
    return new ConfirmationPrompt(
        Boolean.getBoolean("doundo.input.terminal"),
        new InputStreamReader(System.in, Charset.defaultCharset()));
  }

  public boolean canBeAsked() {
    return terminal;
  }

  /** Whether the answer is exactly this; for what a mere yes is too quick for. */
  boolean isTyped(PrintWriter out, String question, String expected) {
    return answer(out, question + ' ').strip().equals(expected);
  }

  /** Whether the answer is yes; an empty one is not, nor is the end of the input. */
  public boolean isConfirmed(PrintWriter out, String question) {
    return YES.contains(answer(out, question + " [y/N] ").strip().toLowerCase(Locale.ROOT));
  }

  private String answer(PrintWriter out, String question) {
    out.print(question);
    out.flush();
    try {
      String answer = input.readLine();
      return answer == null ? "" : answer;
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCodes.REFUSED,
          "The answer cannot be read: "
              + e.getMessage()
              + ". Nothing was sent; use --yes to skip the question.",
          null,
          e);
    }
  }
}
