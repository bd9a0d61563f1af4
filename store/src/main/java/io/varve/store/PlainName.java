package io.varve.store;

/** The rule for names that end up as tables, folders and lines of a description. */
public final class PlainName {
    private PlainName() {}

    /**
     * Sees that a name is one.
     *
     * @param what it is the name of, for the error
     * @param name 1 or more of {@code a-z A-Z 0-9 . _ -}, and neither {@code .} nor {@code ..}
     * @param longest most characters
     * @return the name
     * @throws IllegalArgumentException if it is another, or null; it says what names may be
     */
    public static String check(String what, String name, int longest) {
        if (name == null || name.isEmpty() || name.length() > longest) {
            throw refused(what, name, longest);
        }
        for (int i = 0; i < name.length(); i++) {
            if (!allowed(name.charAt(i))) {
                throw refused(what, name, longest);
            }
        }
        // Names become folders, and these two have a meaning of their own there.
        if (name.equals(".") || name.equals("..")) {
            throw refused(what, name, longest);
        }
        return name;
    }

    private static boolean allowed(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '.'
                || c == '_'
                || c == '-';
    }

    private static IllegalArgumentException refused(String what, String name, int longest) {
        return new IllegalArgumentException(
                "Not a name for "
                        + ("aeiou".indexOf(what.charAt(0)) < 0 ? "a " : "an ")
                        + what
                        + ": name="
                        + name
                        + ". Use 1 to "
                        + longest
                        + " characters of a-z A-Z 0-9 . _ - that are not \".\" or \"..\".");
    }
}
