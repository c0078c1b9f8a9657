package io.doundo.launcher.kafka;

import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Optional;

/**
 * Runs Kafka's own tools in this JVM: {@code doundo kafka topics --list …}. The tools read standard
 * input, print and end the JVM with their exit code as they always do.
 */
public final class KafkaTools {

  private static final int USAGE = 2;

  private KafkaTools() {}

  /** Runs the tool named by the first argument with the rest; returns only if the tool does. */
  public static int run(List<String> arguments) {
    if (arguments.isEmpty() || arguments.get(0).equals("--help") || arguments.get(0).equals("-h")) {
      printTools(System.out);
      return arguments.isEmpty() ? USAGE : 0;
    }
    Optional<KafkaTool> tool = KafkaTool.named(arguments.get(0));
    if (tool.isEmpty()) {
      System.err.println("There is no Kafka tool named \"" + arguments.get(0) + "\".");
      printTools(System.err);
      return USAGE;
    }
    List<String> rest = arguments.subList(1, arguments.size());
    return invoke(tool.get(), tool.get().translated(rest));
  }

  private static int invoke(KafkaTool tool, List<String> arguments) {
    try {
      Class.forName(tool.className())
          .getMethod("main", String[].class)
          .invoke(null, (Object) arguments.toArray(new String[0]));
      return 0;
    } catch (InvocationTargetException e) {
      System.err.println(tool.commandName() + ": " + e.getCause());
      return 1;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this version of Kafka has no " + tool.className(), e);
    }
  }

  private static void printTools(PrintStream out) {
    out.println("Usage: doundo kafka TOOL [ARGUMENTS]   (arguments are passed to Kafka's tool)");
    out.println();
    out.println("Tools:");
    for (KafkaTool tool : KafkaTool.values()) {
      out.printf("  %-26s %s%n", tool.commandName(), tool.purpose());
    }
    out.println();
    out.println("For example:");
    out.println("  doundo kafka topics --bootstrap-server localhost:9092 --list");
    out.println("  doundo kafka topics --help");
  }
}
