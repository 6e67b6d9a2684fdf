/** A character that the value of a header must not contain (RFC 9110, section 5.5). */
export const invalidInHeaderValue = /[^\t\x20-\x7E\x80-\xFF]/;
