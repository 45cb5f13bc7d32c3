from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.gohan_resource import GohanResource
    from ..models.gohan_schema_actions import GohanSchemaActions
    from ..models.gohan_schema_metadata import GohanSchemaMetadata


T = TypeVar("T", bound="GohanSchema")


@_attrs_define
class GohanSchema:
    """A resource in gohan's form.

    Attributes:
        id (str):
        singular (str):
        plural (str):
        prefix (str):
        url (str): The path of the list.
        parent (str):
        namespace (str):
        title (str):
        description (str):
        metadata (GohanSchemaMetadata):
        actions (GohanSchemaActions):
        schema (GohanResource): What a resource has, and what the caller may do with it.
    """

    id: str
    singular: str
    plural: str
    prefix: str
    url: str
    parent: str
    namespace: str
    title: str
    description: str
    metadata: GohanSchemaMetadata
    actions: GohanSchemaActions
    schema: GohanResource
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        singular = self.singular

        plural = self.plural

        prefix = self.prefix

        url = self.url

        parent = self.parent

        namespace = self.namespace

        title = self.title

        description = self.description

        metadata = self.metadata.to_dict()

        actions = self.actions.to_dict()

        schema = self.schema.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "singular": singular,
                "plural": plural,
                "prefix": prefix,
                "url": url,
                "parent": parent,
                "namespace": namespace,
                "title": title,
                "description": description,
                "metadata": metadata,
                "actions": actions,
                "schema": schema,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.gohan_resource import GohanResource  # noqa: PLC0415
        from ..models.gohan_schema_actions import GohanSchemaActions  # noqa: PLC0415
        from ..models.gohan_schema_metadata import GohanSchemaMetadata  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        singular = d.pop("singular")

        plural = d.pop("plural")

        prefix = d.pop("prefix")

        url = d.pop("url")

        parent = d.pop("parent")

        namespace = d.pop("namespace")

        title = d.pop("title")

        description = d.pop("description")

        metadata = GohanSchemaMetadata.from_dict(d.pop("metadata"))

        actions = GohanSchemaActions.from_dict(d.pop("actions"))

        schema = GohanResource.from_dict(d.pop("schema"))

        gohan_schema = cls(
            id=id,
            singular=singular,
            plural=plural,
            prefix=prefix,
            url=url,
            parent=parent,
            namespace=namespace,
            title=title,
            description=description,
            metadata=metadata,
            actions=actions,
            schema=schema,
        )

        gohan_schema.additional_properties = d
        return gohan_schema

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
