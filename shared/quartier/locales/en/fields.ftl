### What is wrong with a field, by the kind of error.

field-missing = Please fill this in.
field-extra_forbidden = There is no such field.
field-string_type = Please write a text.
field-string_too_short =
    { $min_length ->
        [one] Please write at least one character.
       *[other] Please write at least { $min_length } characters.
    }
field-string_too_long = Please write { $max_length } characters at most.
field-too_long = Please give { $max_length } at most.
field-enum = Please choose one of: { $expected }.
field-literal_error = Please choose one of: { $expected }.
field-date_from_datetime_parsing = Please write a date that exists, such as 2027-12-31.
field-turning_sign = This holds an invisible sign that turns the direction of the text. Please type it anew.
field-control_character = This holds an invisible control character. Please type it anew.
