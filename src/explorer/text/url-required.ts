/** What the status `url_required` means, for people. */
export const URL_REQUIRED_TEXT = 'asks the user to open a URL';
