package io.doundo.launcher.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The class path of this JVM, for children. */
public final class ClassPath {

  private static final String OWN_JARS = "doundo-";

  private ClassPath() {}

  /** As it is. */
  public static String current() {
    return System.getProperty("java.class.path");
  }

  /**
   * With a copy, in this directory, of everything that a build of this project overwrites. Children
   * that run for hours load classes late, and must not meet those of a newer build.
   */
  public static String frozenIn(Path directory) throws IOException {
    Files.createDirectories(directory);
    List<String> entries = new ArrayList<>();
    for (String name : current().split(File.pathSeparator, -1)) {
      Path entry = Path.of(name);
      boolean changes =
          Files.isDirectory(entry) || entry.getFileName().toString().startsWith(OWN_JARS);
      if (changes) {
        Path copy = directory.resolve(entries.size() + "-" + entry.getFileName());
        copy(entry, copy);
        entries.add(copy.toString());
      } else {
        entries.add(name);
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }
}
