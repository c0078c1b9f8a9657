package io.doundo.launcher.process;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The class path of this JVM, for children. */
public final class ClassPath {

  private static final String OWN_JARS = "doundo-";

  /** The class path of this JVM, and the copy that a child loads from instead. */
  private record ClassPathEntry(Path original, Path used) {}

  private final List<ClassPathEntry> entries;

  private ClassPath(List<ClassPathEntry> entries) {
    this.entries = entries;
  }

  /** As it is. */
  public static String current() {
    return System.getProperty("java.class.path");
  }

  /**
   * With a copy, in this directory, of everything that a build of this project overwrites. Children
   * that run for hours load classes late, and must not meet those of a newer build.
   */
  public static ClassPath frozenIn(Path directory) throws IOException {
    return frozenIn(directory, entries(current()));
  }

  /**
   * Without empty entries, which mean the working directory. In Maven's tests there is one at the
   * end, and copying it would copy the whole module with its build output.
   */
  static List<Path> entries(String classPath) {
    return Stream.of(classPath.split(File.pathSeparator, -1))
        .filter(entry -> !entry.isEmpty())
        .map(Path::of)
        .toList();
  }

  /** The same of another class path: of another build of this project. */
  public static ClassPath frozenIn(Path directory, List<Path> classPath) throws IOException {
    Files.createDirectories(directory);
    List<ClassPathEntry> entries = new ArrayList<>();
    for (Path entry : classPath) {
      boolean changes =
          Files.isDirectory(entry) || entry.getFileName().toString().startsWith(OWN_JARS);
      if (changes) {
        Path copy = directory.resolve(entries.size() + "-" + entry.getFileName());
        copy(entry, copy);
        entries.add(new ClassPathEntry(entry, copy));
      } else {
        entries.add(new ClassPathEntry(entry, entry));
      }
    }
    return new ClassPath(entries);
  }

  /**
   * Without the modules that these classes are of: two applications on one class path would take
   * each other's configuration for their own.
   */
  public ClassPath without(Class<?>... members) throws IOException {
    List<ClassPathEntry> others = new ArrayList<>(entries);
    for (Class<?> member : members) {
      Path module = moduleOf(member);
      others.removeIf(entry -> real(entry.original()).equals(module));
    }
    return new ClassPath(others);
  }

  /** Without the files whose names begin with one of these. */
  public ClassPath withoutFiles(String... beginnings) {
    List<ClassPathEntry> others = new ArrayList<>(entries);
    for (String beginning : beginnings) {
      others.removeIf(entry -> entry.original().getFileName().toString().startsWith(beginning));
    }
    return new ClassPath(others);
  }

  /** Whether there is a file whose name begins like this. */
  public boolean has(String beginning) {
    return entries.stream()
        .anyMatch(entry -> entry.original().getFileName().toString().startsWith(beginning));
  }

  /** Only the module that this class is of. */
  public ClassPath only(Class<?> member) throws IOException {
    Path module = moduleOf(member);
    return new ClassPath(
        entries.stream().filter(entry -> real(entry.original()).equals(module)).toList());
  }

  /** This one, and another one behind it. */
  public ClassPath and(ClassPath other) {
    List<ClassPathEntry> all = new ArrayList<>(entries);
    all.addAll(other.entries);
    return new ClassPath(all);
  }

  private static Path moduleOf(Class<?> member) throws IOException {
    try {
      return Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toRealPath();
    } catch (URISyntaxException e) {
      throw new IOException(member + " was not loaded from a file", e);
    }
  }

  /** An entry that does not exist is allowed in a class path. */
  private static Path real(Path entry) {
    try {
      return entry.toRealPath();
    } catch (IOException e) {
      return entry;
    }
  }

  /** As an argument of {@code java -cp}. */
  @Override
  public String toString() {
    return entries.stream()
        .map(entry -> entry.used().toString())
        .collect(Collectors.joining(File.pathSeparator));
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
