package io.doundo.bench.sdk;

import io.doundo.worker.SagaWorker;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;

/**
 * Serves orchestrations, {@code --bench.orchestrations=NAME,…} first of its arguments, on the SDK
 * as it is set up by default.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class SdkWorkers {

  /** Printed once it serves. */
  public static final String READY = "SDK workers ready";

  /** The argument that names what is served. */
  public static final String ORCHESTRATIONS = "--bench.orchestrations=";

  private static final List<Class<?>> WORKERS =
      List.of(
          Sequential.class,
          ParallelSteps.class,
          Chain.class,
          FanOut.class,
          FailingSteps.class,
          Retried.class,
          Large.class,
          Paths.class,
          Expressions.class);

  public static void main(String[] args) {
    Set<String> served = Set.of(args[0].substring(ORCHESTRATIONS.length()).split(","));
    new SpringApplicationBuilder(
            Stream.concat(
                    Stream.of(SdkWorkers.class),
                    WORKERS.stream().filter(worker -> served.contains(orchestration(worker))))
                .toArray(Class<?>[]::new))
        .web(WebApplicationType.NONE)
        .properties(
            "spring.config.name=bench-workers",
            "spring.application.name=bench",
            "spring.main.keep-alive=true",
            "spring.main.banner-mode=off",
            "logging.level.root=WARN")
        .run(Arrays.copyOfRange(args, 1, args.length));
    System.out.println(READY);
  }

  private static String orchestration(Class<?> worker) {
    return worker.getAnnotation(SagaWorker.class).value();
  }
}
