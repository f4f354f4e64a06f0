from fastdial.engine.contact_list cimport Contact, ContactList
from fastdial.engine.layouts cimport Call, Campaign
from fastdial.engine.state cimport State
