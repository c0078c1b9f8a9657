# The images of ours, built from the root of the repository:
#   docker build --target orchestrator .
#   docker build --target example-workers .
#   docker build --target plan-approval .
#   docker build --target fhir-store .
FROM eclipse-temurin:17-jdk AS source
WORKDIR /source
# Only what all images are built from, so that nothing else builds them again.
COPY .mvn .mvn
COPY mvnw pom.xml ./
COPY protocol/pom.xml protocol/
COPY expression/pom.xml expression/
COPY console/pom.xml console/
COPY orchestrator/pom.xml orchestrator/
COPY orchestrator/its/pom.xml orchestrator/its/
COPY history/pom.xml history/
COPY launcher/pom.xml launcher/
COPY worker-sdk/pom.xml worker-sdk/
COPY worker-sdk/its/pom.xml worker-sdk/its/
COPY http-worker/pom.xml http-worker/
COPY worker-testkit/pom.xml worker-testkit/
COPY example-workers/pom.xml example-workers/
COPY example-plan-approval/fhir-store/pom.xml example-plan-approval/fhir-store/
COPY example-plan-approval/pom.xml example-plan-approval/
COPY benchmarks/pom.xml benchmarks/
COPY registration-examples registration-examples
COPY protocol/src protocol/src
COPY expression/src expression/src
COPY worker-sdk/src worker-sdk/src
COPY http-worker/src http-worker/src
COPY console/src console/src
COPY orchestrator/src orchestrator/src

FROM source AS orchestrator-build
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B -ntp package -pl orchestrator -am -Dmaven.test.skip=true -Dspotless.check.skip=true \
    && java -Djarmode=tools -jar orchestrator/target/doundo-orchestrator-*-exec.jar \
      extract --destination /app --application-filename app.jar

FROM source AS example-workers-build
COPY worker-testkit/src worker-testkit/src
COPY example-workers/src example-workers/src
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B -ntp package -pl example-workers -am -Dmaven.test.skip=true -Dspotless.check.skip=true \
    && java -Djarmode=tools -jar example-workers/target/doundo-example-workers-*-exec.jar \
      extract --destination /app --application-filename app.jar

FROM source AS fhir-store-build
COPY example-plan-approval/fhir-store/src example-plan-approval/fhir-store/src
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B -ntp package -pl example-plan-approval/fhir-store -am -Dmaven.test.skip=true -Dspotless.check.skip=true

# Its tests use the launcher, so that Maven wants to see that as well.
FROM source AS plan-approval-build
COPY history/src history/src
COPY worker-testkit/src worker-testkit/src
COPY example-workers/src example-workers/src
COPY launcher/src launcher/src
COPY example-plan-approval/fhir-store/src example-plan-approval/fhir-store/src
COPY example-plan-approval/src example-plan-approval/src
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B -ntp package -pl example-plan-approval -am -Dmaven.test.skip=true -Dspotless.check.skip=true

FROM eclipse-temurin:17-jre AS runtime
RUN useradd --system --uid 1001 doundo && mkdir /data && chown doundo /data
WORKDIR /app
USER doundo
VOLUME /data

FROM runtime AS orchestrator
# One JSON object a line, with flowId, step and traceId; an empty value writes text (docs/operations.md).
ENV LOGGING_STRUCTURED_FORMAT_CONSOLE=ecs
# What changes seldom comes first.
COPY --from=orchestrator-build /app/lib lib
COPY --from=orchestrator-build /app/app.jar app.jar
# It is up sooner with an archive of the classes that it loads until all of its beans are there. That needs no broker.
USER root
RUN java -XX:ArchiveClassesAtExit=app.jsa -XX:+UseParallelGC -Xmx1g -Dspring.context.exit=onRefresh -jar app.jar \
    --doundo.state-dir=/tmp/streams && test -s app.jsa && rm -rf /tmp/*
USER doundo
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=6 CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r status <&3 && [[ $status == *' 200'* ]]"]
ENTRYPOINT ["java", "-XX:SharedArchiveFile=app.jsa", "-XX:+UseParallelGC", "-XX:MaxRAMPercentage=50", "-XX:+ExitOnOutOfMemoryError", "-jar", "app.jar"]

FROM runtime AS example-workers
# One JSON object a line, with flowId, step and traceId; an empty value writes text (docs/operations.md).
ENV LOGGING_STRUCTURED_FORMAT_CONSOLE=ecs
COPY --from=example-workers-build /app/lib lib
COPY --from=example-workers-build /app/app.jar app.jar
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=50", "-XX:+ExitOnOutOfMemoryError", "-jar", "app.jar"]

FROM runtime AS fhir-store
COPY --from=fhir-store-build /source/example-plan-approval/fhir-store/target/lib lib
COPY --from=fhir-store-build /source/example-plan-approval/fhir-store/target/doundo-example-fhir-store-*.jar app.jar
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=50", "-XX:+ExitOnOutOfMemoryError", "-cp", "app.jar:lib/*", "io.doundo.fhirstore.FhirStore"]

# The command names the main class: the façade or the workers.
FROM runtime AS plan-approval
# One JSON object a line, with flowId, step and traceId; an empty value writes text (docs/operations.md).
ENV LOGGING_STRUCTURED_FORMAT_CONSOLE=ecs
COPY --from=plan-approval-build /source/example-plan-approval/target/lib lib
COPY --from=plan-approval-build /source/example-plan-approval/target/doundo-example-plan-approval-*.jar app.jar
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=50", "-XX:+ExitOnOutOfMemoryError", "-cp", "app.jar:lib/*"]
