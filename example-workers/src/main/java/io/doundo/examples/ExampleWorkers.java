package io.doundo.examples;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * All example services in one process. {@code doundo.examples.serve} narrows what it serves; any
 * number of such processes may run side by side.
 */
@SpringBootApplication
@EnableConfigurationProperties(ExamplesProperties.class)
public class ExampleWorkers {

  /** Printed once it serves, followed by the names of the served examples. */
  public static final String READY = "Example workers ready: ";

  public static void main(String[] args) {
    SpringApplication application =
        new SpringApplicationBuilder(ExampleWorkers.class)
            .web(WebApplicationType.NONE)
            .properties("spring.config.name=example-workers", "spring.main.keep-alive=true")
            .build();
    ConfigurableApplicationContext context = application.run(args);
    ExamplesProperties properties = context.getBean(ExamplesProperties.class);
    System.out.println(READY + String.join(", ", properties.serve()));
  }
}
