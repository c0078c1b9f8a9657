package io.doundo.launcher.process;

import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.Arrays;

/**
 * Runs another main class as a child process that ends with its parent: {@code CLASS ARGUMENT…}.
 */
public final class ChildMain {

  private ChildMain() {}

  public static void main(String[] arguments) throws Throwable {
    ParentWatch.start(Duration.ZERO);
    try {
      Class.forName(arguments[0])
          .getMethod("main", String[].class)
          .invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
