package io.doundo.bench.sdk;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Serves the steps of all scenarios on the SDK, as it is set up by default. */
@SpringBootApplication
public class SdkWorkers {

  /** What it prints once it serves. */
  public static final String READY = "SDK workers ready";

  public static void main(String[] args) {
    SpringApplication application =
        new SpringApplicationBuilder(SdkWorkers.class)
            .web(WebApplicationType.NONE)
            .properties(
                "spring.config.name=bench-workers",
                "spring.application.name=bench",
                "spring.main.keep-alive=true",
                "spring.main.banner-mode=off",
                "logging.level.root=WARN")
            .build();
    application.run(args);
    System.out.println(READY);
  }
}
