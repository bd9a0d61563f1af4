package io.varve.runtime;

import io.varve.projections.StoreTransition;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A read model was gone on with by another definition of its version, because {@link
 * ProjectionConfig#withStateOf} said so: its rows are not what either definition makes of all
 * events.
 *
 * @param from the fingerprint of the definition before
 * @param position of the last event that was applied with that; -1 if none
 * @param added names of the stores that began empty there
 * @param dropped names of the stores whose rows were removed
 */
public record DefinitionChange(
        String from, long position, List<String> added, List<String> dropped) {
    private static final Pattern LINE =
            Pattern.compile("from=([^ ]+) position=(-?[0-9]+) added=([^ ]*) dropped=([^ ]*)");

    /**
     * Copies the lists.
     *
     * @param from see the record
     * @param position see the record
     * @param added see the record
     * @param dropped see the record
     */
    public DefinitionChange {
        Objects.requireNonNull(from, "from");
        added = List.copyOf(added);
        dropped = List.copyOf(dropped);
    }

    static DefinitionChange of(String from, long position, StoreTransition transition) {
        return new DefinitionChange(from, position, transition.added(), transition.dropped());
    }

    /** As it is kept. */
    String line() {
        return "from="
                + from
                + " position="
                + position
                + " added="
                + String.join(",", added)
                + " dropped="
                + String.join(",", dropped);
    }

    /** Reads lines. */
    static List<DefinitionChange> parse(String lines) {
        return lines.lines()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .map(one -> of(one))
                .toList();
    }

    private static DefinitionChange of(Matcher line) {
        return new DefinitionChange(
                line.group(1),
                Long.parseLong(line.group(2)),
                names(line.group(3)),
                names(line.group(4)));
    }

    private static List<String> names(String text) {
        return Arrays.stream(text.split(",")).filter(name -> !name.isEmpty()).toList();
    }
}
