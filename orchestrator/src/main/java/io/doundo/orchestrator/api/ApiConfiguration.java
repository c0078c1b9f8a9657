package io.doundo.orchestrator.api;

import io.doundo.orchestrator.api.request.KnownParameters;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.protocol.json.RawJson;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.module.SimpleModule;

/** Shared by the controllers: threads for work after a wait, and how values are written. */
@Configuration(proxyBeanMethods = false)
class ApiConfiguration {

  /** They mostly wait for reads, at most a few seconds each. */
  private static final int THREADS = 16;

  /** Reads flows once a wait is over. */
  @Bean
  ThreadPoolTaskExecutor apiExecutor() {
    ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
    executor.setCorePoolSize(THREADS);
    executor.setMaxPoolSize(THREADS);
    executor.setThreadNamePrefix("doundo-api-");
    executor.setDaemon(true);
    return executor;
  }

  /**
   * Writes to event streams. A client that does not read holds a thread until the server's own
   * timeout, so there are as many threads as there may be streams; they exist while they write.
   */
  @Bean(destroyMethod = "shutdownNow")
  ThreadPoolExecutor streamSenders() {
    return new ThreadPoolExecutor(
        0,
        FlowEventsController.MOST_STREAMS,
        30,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        daemons("doundo-streams"));
  }

  /** Reminds event streams to show that they are alive; never writes itself. */
  @Bean(destroyMethod = "shutdownNow")
  ScheduledExecutorService streamHeartbeats() {
    return Executors.newSingleThreadScheduledExecutor(daemons("doundo-heartbeats"));
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  @Bean
  WebMvcConfigurer knownParameters() {
    return new WebMvcConfigurer() {
      @Override
      public void addInterceptors(InterceptorRegistry interceptors) {
        interceptors.addInterceptor(new KnownParameters());
      }
    };
  }

  /** Payloads and results are passed on as they were written, to those who may see them. */
  @Bean
  JacksonModule rawJsonModule() {
    return new SimpleModule("doundo")
        .addSerializer(RawJson.class, new RawJsonSerializer())
        .setSerializerModifier(new PayloadRule());
  }

  @Bean
  OpenAPI openApi() {
    SpringDocUtils.getConfig().replaceWithClass(RawJson.class, Object.class);
    SpringDocUtils.getConfig().replaceWithClass(JsonNode.class, Object.class);
    return new OpenAPI()
        .info(
            new Info()
                .title("DoUndo")
                .description("Register orchestrations; start, read and control flows."))
        .components(
            new Components()
                .addSecuritySchemes(
                    "apiKey",
                    new SecurityScheme()
                        .type(SecurityScheme.Type.APIKEY)
                        .in(SecurityScheme.In.HEADER)
                        .name("X-API-Key"))
                .addSecuritySchemes(
                    "bearer",
                    new SecurityScheme()
                        .type(SecurityScheme.Type.HTTP)
                        .scheme("bearer")
                        .description("An API key, as in X-API-Key.")))
        .addSecurityItem(new SecurityRequirement().addList("apiKey"))
        .addSecurityItem(new SecurityRequirement().addList("bearer"));
  }

  /** Every operation may end in a problem, of one form. */
  @Bean
  OpenApiCustomizer problemResponses() {
    return api -> {
      Schema<?> problem =
          new ObjectSchema()
              .description("Problem details as in RFC 9457; some kinds have further members.")
              .addProperty("type", new StringSchema().description("urn:doundo:problem:…"))
              .addProperty("title", new StringSchema())
              .addProperty("status", new IntegerSchema())
              .addProperty("detail", new StringSchema().description("an explanation for people"))
              .addProperty("instance", new StringSchema());
      api.getComponents().addSchemas("Problem", problem);
      ApiResponse response =
          new ApiResponse()
              .description("A problem: " + ProblemKind.summary())
              .content(
                  new Content()
                      .addMediaType(
                          "application/problem+json",
                          new MediaType()
                              .schema(new Schema<>().$ref("#/components/schemas/Problem"))));
      api.getPaths().values().stream()
          .flatMap(path -> path.readOperations().stream())
          .forEach(operation -> operation.getResponses().addApiResponse("default", response));
    };
  }

  private static final class RawJsonSerializer extends ValueSerializer<RawJson> {
    @Override
    public void serialize(RawJson value, JsonGenerator json, SerializationContext context) {
      json.writeRawValue(value.toString());
    }
  }
}
