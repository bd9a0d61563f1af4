package io.varve.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a system made of a case.
 *
 * @param stores rows of each store, in order of their text
 * @param outputs records of each stream's end, in the order in which they came
 */
record Outcome(Map<String, List<String>> stores, Map<String, List<String>> outputs) {
    Outcome() {
        this(new TreeMap<>(), new TreeMap<>());
    }

    static String record(Object key, Object value, long time) {
        return record(key, value, time, null);
    }

    /**
     * A record in words.
     *
     * @param header null for none
     */
    static String record(Object key, Object value, long time, String header) {
        return key + "=" + value + " @" + time + (header == null ? "" : " " + header);
    }

    static String row(Object key, Object value) {
        return key + "=" + value;
    }

    static String windowed(String key, long start, long end) {
        return key + "[" + start + "," + end + "]";
    }

    /** Some outputs without headers. */
    Outcome withoutHeaders(Set<String> names) {
        Map<String, List<String>> less = new TreeMap<>(outputs);
        names.forEach(
                name ->
                        less.computeIfPresent(
                                name,
                                (same, records) ->
                                        records.stream().map(Outcome::withoutHeader).toList()));
        return new Outcome(stores, less);
    }

    private static String withoutHeader(String record) {
        int end = record.indexOf(' ', record.lastIndexOf(" @") + 1);
        return end < 0 ? record : record.substring(0, end);
    }

    /** Of some outputs only the last record of each key, without its time. */
    Outcome loosened(Set<String> ends) {
        Map<String, List<String>> loose = new TreeMap<>(outputs);
        ends.forEach(end -> loose.computeIfPresent(end, (name, records) -> last(records)));
        return new Outcome(stores, loose);
    }

    /** Some outputs without the records that have no match. */
    Outcome matched(Set<String> ends) {
        Map<String, List<String>> matched = new TreeMap<>(outputs);
        ends.forEach(
                end ->
                        matched.computeIfPresent(
                                end,
                                (name, records) ->
                                        records.stream()
                                                .filter(one -> !isUnmatched(one))
                                                .toList()));
        return new Outcome(stores, matched);
    }

    /** The first record without a match that is theirs alone; they may have fewer of them. */
    Optional<String> unmatchedDifferenceTo(Outcome theirs, Set<String> ends) {
        for (String end : ends) {
            List<String> left = new ArrayList<>(theirs.outputs.get(end));
            left.removeIf(one -> !isUnmatched(one));
            outputs.get(end).forEach(left::remove);
            if (!left.isEmpty()) {
                return Optional.of(
                        "output "
                                + end
                                + "\n  unmatched in theirs alone "
                                + left
                                + difference(outputs.get(end), theirs.outputs.get(end)));
            }
        }
        return Optional.empty();
    }

    private static boolean isUnmatched(String record) {
        return Joining.isUnmatched(
                record.substring(record.lastIndexOf('=') + 1, record.lastIndexOf(" @")));
    }

    private static List<String> last(List<String> records) {
        Map<String, String> rows = new TreeMap<>();
        for (String record : records) {
            String row = record.substring(0, record.lastIndexOf(" @"));
            rows.put(row.substring(0, row.lastIndexOf('=')), row);
        }
        return rows.values().stream().filter(row -> !row.endsWith("=null")).toList();
    }

    /** The first difference, this one being ours. */
    Optional<String> differenceTo(Outcome theirs) {
        return difference("output", outputs, theirs.outputs)
                .or(() -> difference("store", stores, theirs.stores));
    }

    private static Optional<String> difference(
            String what, Map<String, List<String>> ours, Map<String, List<String>> theirs) {
        if (!ours.keySet().equals(theirs.keySet())) {
            return Optional.of(what + "s: ours " + ours.keySet() + " theirs " + theirs.keySet());
        }
        return ours.keySet().stream()
                .filter(name -> !ours.get(name).equals(theirs.get(name)))
                .findFirst()
                .map(name -> what + " " + name + difference(ours.get(name), theirs.get(name)));
    }

    private static String difference(List<String> ours, List<String> theirs) {
        int same = 0;
        while (same < Math.min(ours.size(), theirs.size())
                && ours.get(same).equals(theirs.get(same))) {
            same++;
        }
        return "\n  first difference at "
                + same
                + ": ours "
                + (same < ours.size() ? ours.get(same) : "nothing")
                + ", theirs "
                + (same < theirs.size() ? theirs.get(same) : "nothing")
                + "\n  ours   "
                + ours
                + "\n  theirs "
                + theirs;
    }
}
