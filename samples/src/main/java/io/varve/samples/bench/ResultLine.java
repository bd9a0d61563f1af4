package io.varve.samples.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A line of {@code name=value} pairs, for programs and people; what has blanks is in quotes. */
final class ResultLine {
    private static final Pattern PAIR = Pattern.compile("([^\\s=]+)=(\"[^\"]*\"|\\S*)");

    private final Map<String, String> values = new LinkedHashMap<>();

    /** A line that says what did which work. */
    static ResultLine of(String system, String work) {
        return new ResultLine().with("system", system).with("work", work);
    }

    /** Reads a line again; what is no pair is passed over. */
    static ResultLine parse(String text) {
        ResultLine line = new ResultLine();
        Matcher pair = PAIR.matcher(text);
        while (pair.find()) {
            String value = pair.group(2);
            boolean quoted = value.startsWith("\"");
            line.with(pair.group(1), quoted ? value.substring(1, value.length() - 1) : value);
        }
        return line;
    }

    ResultLine with(String name, Object value) {
        values.put(name, value.toString());
        return this;
    }

    ResultLine with(String name, double value, int decimals) {
        return with(name, String.format(Locale.ROOT, "%." + decimals + "f", value));
    }

    /** Adds the median as {@code name}, and how far the runs lie apart. */
    ResultLine with(String name, Spread spread, int decimals) {
        return with(name, spread.median(), decimals)
                .with(name + "_min", spread.min(), decimals)
                .with(name + "_max", spread.max(), decimals);
    }

    /** Adds whether the results were right. */
    ResultLine checked(boolean right) {
        return with("checked", right ? "yes" : "NO");
    }

    /** Whether it has all pairs of another. */
    boolean has(ResultLine pairs) {
        return values.entrySet().containsAll(pairs.values.entrySet());
    }

    /** Its values, in the order they were added. */
    List<String> values() {
        return List.copyOf(values.values());
    }

    /** A value of it; empty where it has none of that name. */
    Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** Whether its results were found to be wrong. */
    boolean isWrong() {
        return value("checked").equals(Optional.of("NO"));
    }

    /** A figure of it; empty where it has none of that name. */
    OptionalDouble number(String name) {
        return value(name).stream().mapToDouble(Double::parseDouble).findFirst();
    }

    /** The pairs in the order they were added. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        values.forEach(
                (name, value) -> {
                    String shown = value.matches("\\S*") ? value : '"' + value + '"';
                    text.append(text.length() == 0 ? "" : " ").append(name + "=" + shown);
                });
        return text.toString();
    }
}
