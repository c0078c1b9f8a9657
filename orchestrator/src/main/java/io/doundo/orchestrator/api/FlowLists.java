package io.doundo.orchestrator.api;

import io.doundo.orchestrator.query.flow.FlowPage;
import io.doundo.orchestrator.query.flow.FlowSearch;
import io.doundo.orchestrator.query.flow.Flows;
import java.lang.reflect.RecordComponent;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.format.support.DefaultFormattingConversionService;
import org.springframework.stereotype.Component;
import org.springframework.util.MultiValueMap;
import org.springframework.validation.DataBinder;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Lists of flows by the text of their filter, which is the query of {@code GET /api/flows}. It is
 * bound in the same way as that query, so the two can never disagree.
 */
@Component
public class FlowLists {

  private static final Set<String> NAMES =
      Stream.of(FlowFilter.class.getRecordComponents())
          .map(RecordComponent::getName)
          .collect(Collectors.toCollection(TreeSet::new));

  private final Flows flows;

  FlowLists(Flows flows) {
    this.flows = flows;
  }

  /**
   * Reads the first page of a list, again each time it is asked.
   *
   * @param filter such as {@code status=PARKED&step=pay}, its values encoded
   * @throws ApiProblem when the filter cannot be understood, or lists are disabled
   */
  public Supplier<FlowPage> list(String filter) {
    FlowSearch search = flows.search().orElseThrow(FlowController::searchOff);
    FlowFilter bound = filter(filter);
    // Refuses what is wrong now, not at the first reading.
    bound.query(bound.orchestration());
    return () -> search.find(bound.query(bound.orchestration()));
  }

  private static FlowFilter filter(String text) {
    MultiValueMap<String, String> values =
        UriComponentsBuilder.newInstance().query(text).build().getQueryParams();
    for (String name : values.keySet()) {
      if (!NAMES.contains(name)) {
        throw new ApiProblem(
            ProblemKind.BAD_REQUEST,
            "The filter \"%s\" is unknown: a list of flows has only %s."
                .formatted(name, String.join(", ", NAMES)));
      }
    }
    DataBinder binder = new DataBinder(null, "filter");
    binder.setTargetType(ResolvableType.forClass(FlowFilter.class));
    binder.setConversionService(new DefaultFormattingConversionService());
    try {
      binder.construct(new Values(values));
    } catch (IllegalArgumentException e) {
      throw unreadable(text, e);
    }
    if (binder.getBindingResult().hasErrors()) {
      throw unreadable(text, null);
    }
    return (FlowFilter) Objects.requireNonNull(binder.getTarget());
  }

  private static ApiProblem unreadable(String filter, @Nullable Exception cause) {
    return new ApiProblem(
        ProblemKind.BAD_REQUEST,
        "The filter \"%s\" cannot be understood.".formatted(filter),
        Map.of(),
        cause);
  }

  /** The values of a query, decoded. */
  private record Values(MultiValueMap<String, String> query) implements DataBinder.ValueResolver {

    @Override
    public @Nullable Object resolveValue(String name, Class<?> type) {
      String[] given =
          query.getOrDefault(name, List.of()).stream()
              .filter(Objects::nonNull)
              .map(value -> URLDecoder.decode(value, StandardCharsets.UTF_8))
              .toArray(String[]::new);
      return given.length == 0 ? null : given.length == 1 ? given[0] : given;
    }

    @Override
    public Set<String> getNames() {
      return query.keySet();
    }
  }
}
