package io.varve.samples.terminal;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The options of a command line. Immutable. */
public final class Arguments {
    private final Map<String, String> values;

    private Arguments(Map<String, String> values) {
        this.values = Map.copyOf(values);
    }

    /**
     * Reads options; what is not one of those named is refused.
     *
     * @param arguments of the command line, behind the command
     * @param flags the options without a value
     * @param valued the options that are followed by a value
     * @return the options
     * @throws UsageException if one is unknown, given twice, or its value is missing or empty
     */
    public static Arguments parse(List<String> arguments, Set<String> flags, Set<String> valued) {
        Map<String, String> values = new HashMap<>();
        for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
            String option = rest.next();
            if (!flags.contains(option) && !valued.contains(option)) {
                throw new UsageException("unknown option: " + option);
            }
            if (valued.contains(option) && !rest.hasNext()) {
                throw new UsageException("a value is missing behind " + option);
            }
            String value = valued.contains(option) ? rest.next() : "";
            if (valued.contains(option) && value.isBlank()) {
                throw new UsageException("the value behind " + option + " is empty");
            }
            if (values.putIfAbsent(option, value) != null) {
                throw new UsageException("given twice: " + option);
            }
        }
        return new Arguments(values);
    }

    /**
     * Whether an option is there.
     *
     * @param option its name
     * @return true if it is
     */
    public boolean has(String option) {
        return values.containsKey(option);
    }

    /**
     * The value of an option.
     *
     * @param option its name
     * @return empty where it is not there
     */
    public Optional<String> value(String option) {
        return Optional.ofNullable(values.get(option));
    }

    /**
     * The value of an option that is a file or a folder.
     *
     * @param option its name
     * @return empty where it is not there
     * @throws UsageException if no file can have that name
     */
    public Optional<Path> path(String option) {
        try {
            return value(option).map(Path::of);
        } catch (InvalidPathException e) {
            throw new UsageException(option + " needs the name of a file: " + e.getMessage());
        }
    }

    /**
     * The value of an option that is a whole number of 1 or more.
     *
     * @param option its name
     * @return empty where it is not there
     * @throws UsageException if the value is something else
     */
    public OptionalLong number(String option) {
        return number(option, 1);
    }

    /**
     * The value of an option that is a whole number.
     *
     * @param option its name
     * @param least that it may be, 0 or more
     * @return empty where it is not there
     * @throws UsageException if the value is something else
     */
    public OptionalLong number(String option, long least) {
        String value = values.get(option);
        if (value == null) {
            return OptionalLong.empty();
        }
        // 15 digits: more than anybody has events, and no overflow.
        if (!value.matches("0*[0-9]{1,15}") || Long.parseLong(value) < least) {
            throw new UsageException(
                    option + " needs a whole number of " + least + " or more, not " + value);
        }
        return OptionalLong.of(Long.parseLong(value));
    }
}
