/** What a method was given, if it is options: one that handles clicks is given an event, of whatever realm or framework, which is none. */
export const optionsOf = (given) => ({ __proto__: null, ...(!given?.preventDefault && given) });
