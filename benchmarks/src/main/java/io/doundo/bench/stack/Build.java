package io.doundo.bench.stack;

import io.doundo.bench.process.ProductClasses;
import io.doundo.examples.ExampleWorkers;
import io.doundo.launcher.process.ChildMain;
import io.doundo.launcher.process.ClassPath;
import io.doundo.orchestrator.app.OrchestratorApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A build of the product, whose orchestrators and SDK workers can be measured. Immutable. */
public interface Build {

  /** Its name in the report. */
  String name();

  /**
   * The class path of its processes.
   *
   * @param harness the class path of this JVM
   * @param directory where a copy is kept of what another build could overwrite
   */
  ProductClasses classes(ClassPath harness, Path directory) throws IOException;

  /** The build that measures. */
  static Build current() {
    return new Current();
  }

  /** A checkout that was built as the doundo script builds it. */
  static Build of(String name, Path checkout) {
    return new Checkout(name, checkout);
  }

  /** The build that measures. */
  public record Current() implements Build {

    @Override
    public String name() {
      return "current";
    }

    @Override
    public ProductClasses classes(ClassPath harness, Path directory) throws IOException {
      return new ProductClasses(
          harness.without(ExampleWorkers.class, BenchStack.class),
          harness.without(OrchestratorApplication.class, ExampleWorkers.class));
    }
  }

  /**
   * Another build. Its SDK workers come from its own benchmarks, because they are compiled against
   * its SDK. The code that ends a child with its parent is this build's.
   */
  public record Checkout(String name, Path directory) implements Build {

    /** The class path of its benchmarks, as the doundo script has it. */
    private List<Path> classPath() throws IOException {
      Path target = directory.resolve("benchmarks/target");
      List<Path> entries = new ArrayList<>();
      entries.add(target.resolve("classes"));
      try (Stream<Path> jars = Files.list(target.resolve("lib"))) {
        jars.sorted().forEach(entries::add);
      }
      return entries;
    }

    @Override
    public ProductClasses classes(ClassPath harness, Path frozen) throws IOException {
      ClassPath launcher = harness.only(ChildMain.class);
      ClassPath all = ClassPath.frozenIn(frozen, classPath()).withoutFiles("doundo-launcher-");
      ClassPath service = all.withoutFiles("classes", "doundo-example-workers-");
      // Before there was an http worker, the SDK's starter would have run in the orchestrator.
      return new ProductClasses(
          launcher.and(
              all.has("doundo-http-worker-")
                  ? service
                  : service.withoutFiles("doundo-worker-sdk-")),
          launcher.and(all.withoutFiles("doundo-orchestrator-", "doundo-example-workers-")));
    }
  }
}
